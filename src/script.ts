/** How the file that the build makes is laid out: one function, called as an ES module would. Between these two stands a classic script. */

export const BEFORE_SCRIPT = 'import{createRequire}from"node:module";\n'
export const AFTER_SCRIPT = '\n(createRequire(import.meta.url),import.meta.filename);\n'
