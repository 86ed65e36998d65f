/**
 * A kube-apiserver as far as its health check sees one: HTTPS on every address, `/livez` answers as told, everything
 * else 404. Told line by line on standard input: a status (`200`, `500`, `401`), or `hang`, which answers nothing more.
 * Each line is repeated on standard output once it holds.
 *
 *   node apiserver-program.ts PORT KEY CERT
 */
import { readFileSync } from 'node:fs'
import { createServer } from 'node:https'
import { argv, stdin } from 'node:process'
import { createInterface } from 'node:readline'

const [, , port, key = '', cert = ''] = argv
let answer = '200'

const server = createServer({ key: readFileSync(key), cert: readFileSync(cert) }, (request, response) => {
  if (answer === 'hang') return
  response.writeHead(request.url === '/livez' ? Number(answer) : 404).end()
})
server.listen(Number(port), '::', () => { console.log(answer) })

createInterface({ input: stdin }).on('line', line => {
  answer = line
  console.log(answer)
})
