/** How templates of keepalived.conf are compiled: it is no HTML, and a name that is missing is a mistake. */
export const TEMPLATE_OPTIONS = { noEscape: true, strict: true }
