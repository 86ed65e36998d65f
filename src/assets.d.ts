// Text files that the bundle carries: esbuild inlines them (loader `text`), tests read them through test/assets.js.
declare module '*.hbs' {
  const text: string
  export default text
}
declare module '*.html' {
  const text: string
  export default text
}
declare module '*.sh' {
  const text: string
  export default text
}
