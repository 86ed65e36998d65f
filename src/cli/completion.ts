/** Completion of the command line for bash and zsh, made of the commands themselves, so that none is missing. Members that are lost complete `forget`. */

export interface CompletedCommand {
  readonly name: string
  readonly description: string
  readonly options: readonly string[]
}

export const shells = ['bash', 'zsh'] as const
export type Shell = typeof shells[number]

/** Addresses of lost members, as the table of `status` has them. */
const lostMembers = `keepalived-mesh status 2>/dev/null | awk '{ sub(/^\\*/, "") } $3 == "lost" { print $1 }'`

export function completionFor (shell: Shell, commands: readonly CompletedCommand[]): string {
  return shell === 'bash' ? bash(commands) : zsh(commands)
}

function bash (commands: readonly CompletedCommand[]): string {
  return `# bash completion of keepalived-mesh: source <(keepalived-mesh completion bash)
_keepalived_mesh () {
  local word=\${COMP_WORDS[COMP_CWORD]} words
  case \${COMP_CWORD}:\${COMP_WORDS[1]} in
    1:*) words="${commands.map(({ name }) => name).join(' ')} --help --version" ;;
    *:forget) words=$(${lostMembers}) ;;
    *:completion) words="${shells.join(' ')}" ;;
${commands.filter(({ options }) => options.length > 0).map(({ name, options }) => `    *:${name}) words="${options.join(' ')}" ;;`).join('\n')}
    *) words= ;;
  esac
  COMPREPLY=($(compgen -W "$words" -- "$word"))
}
complete -F _keepalived_mesh keepalived-mesh`
}

function zsh (commands: readonly CompletedCommand[]): string {
  return `#compdef keepalived-mesh
# zsh completion of keepalived-mesh: source <(keepalived-mesh completion zsh)
_keepalived_mesh () {
  local -a commands=(
${commands.map(({ name, description }) => `    '${name}:${description.replaceAll('\'', '\'\\\'\'')}'`).join('\n')}
  )
  if (( CURRENT == 2 )); then
    _describe 'command' commands
    return
  fi
  case $words[2] in
    forget) compadd -- \${(f)"$(${lostMembers})"} ;;
    completion) compadd -- ${shells.join(' ')} ;;
${commands.filter(({ options }) => options.length > 0).map(({ name, options }) => `    ${name}) compadd -- ${options.join(' ')} ;;`).join('\n')}
  esac
}
if [[ $funcstack[1] == _keepalived_mesh ]]; then _keepalived_mesh "$@"; else compdef _keepalived_mesh keepalived-mesh; fi`
}
