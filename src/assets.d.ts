// Files that the bundle carries: esbuild inlines them (loader `text`, and for templates deploy/release/precompiled.ts), tests read them through test/assets.js.
declare module '*.hbs' {
  /** Compiled. */
  const template: TemplateSpecification
  export default template
}
declare module '*.html' {
  const text: string
  export default text
}
declare module '*.sh' {
  const text: string
  export default text
}
