/**
 * The live page, one file without anything from outside. Its policy lets run, and shown, nothing but what stands in that file: by the digest of its script and its style
 * (https://www.w3.org/TR/CSP3/#grammardef-hash-source).
 */
import { createHash } from 'node:crypto'
import page from './page.html'

export { page }

export const policy = [
  "default-src 'none'", "connect-src 'self'", 'img-src data:', "base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'",
  `script-src ${digestOf('script')}`, `style-src ${digestOf('style')}`
].join('; ')

function digestOf (tag: string): string {
  const begin = page.indexOf(`<${tag}>`) + tag.length + 2
  return `'sha256-${createHash('sha256').update(page.slice(begin, page.indexOf(`</${tag}>`))).digest('base64')}'`
}
