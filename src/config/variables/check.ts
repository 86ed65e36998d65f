/** Variables of the check of the Kubernetes API server, under the names that the seed gave them. */
import * as z from 'zod'
import { absolutePath, decimal, flag, host, wholeNumber } from '../grammar.ts'
import type { Variable } from '../variable.ts'

const urlPath = z.string()
  .regex(/^\/[A-Za-z0-9._~/?=&,:@+-]{0,255}$/, { error: 'the path of a URL, such as /livez' })

export const check: Variable<boolean> = {
  name: 'KEEPALIVED_KUBE_APISERVER_CHECK',
  schema: flag,
  default: '`false`',
  description: '`true`: a host whose Kubernetes API server fails gives way to one whose does not.'
}
export const checkAddress: Variable<string> = {
  name: 'KUBE_APISERVER_ADDRESS',
  schema: host,
  default: 'the VIP with the lowest number',
  description: 'Asked as well, on the host that holds exactly this address.'
}
export const checkPort: Variable<number> = {
  name: 'KUBE_APISERVER_PORT',
  schema: wholeNumber(1, 65_535),
  default: '`6443`',
  description: 'TCP port of the API server.'
}
export const checkHost: Variable<string> = {
  name: 'KUBE_APISERVER_HOST',
  schema: host,
  default: '`localhost`',
  description: 'Where the API server of this host listens.'
}
export const checkPath: Variable<string> = {
  name: 'KUBE_APISERVER_CHK_PATH',
  schema: urlPath,
  default: '`/livez`',
  description: 'What is asked; an answer of 2xx is healthy and nothing else is.'
}
export const checkInterval: Variable<number> = {
  name: 'KUBE_APISERVER_CHK_INTERVAL',
  schema: wholeNumber(1, 3600),
  default: '`3`',
  description: 'Seconds between checks.'
}
export const checkTimeout: Variable<number> = {
  name: 'KUBE_APISERVER_CHK_TIMEOUT',
  schema: decimal(0.1, 3600),
  default: '1 below the interval; `0.8` with an interval of 1',
  description: 'Seconds that an answer may take; below the interval.'
}
export const checkFall: Variable<number> = {
  name: 'KUBE_APISERVER_CHK_FALL',
  schema: wholeNumber(1, 3600),
  default: '`10`',
  description: 'Failures in a row until the host counts as failing.'
}
export const checkRise: Variable<number> = {
  name: 'KUBE_APISERVER_CHK_RISE',
  schema: wholeNumber(1, 3600),
  default: '`2`',
  description: 'Successes in a row until it counts as healthy again.'
}
export const checkWeight: Variable<number> = {
  name: 'KUBE_APISERVER_CHK_WEIGHT',
  schema: wholeNumber(-253, 253),
  default: 'static: `-50`; mesh: `-127`',
  description: 'What failing adds to the priority; `0` means FAULT.'
}
export const checkCaFile: Variable<string> = {
  name: 'KUBE_APISERVER_CA_FILE',
  schema: absolutePath,
  default: 'not verified',
  description: 'Certificate authority that the API server\'s certificate is verified with.'
}
