/** Variables that code asked for on a host and that only this machine has. */
export interface VariableHints {
  /** `given`: what its worker was given; `env`: what there is here */
  note(name: string, given: Readonly<Record<string, string>>, env: NodeJS.ProcessEnv): void
  /** a sentence for each name that came since it was asked last; values are in none */
  take(): string[]
}

/**
 * What belongs to a machine, a session, a shell or a terminal: a host has its own or needs none. `AWS_…`: a host has a role,
 * and nobody's credentials.
 */
const OF_MACHINES =
  /^(_|PATH|PWD|OLDPWD|HOME|USER|LOGNAME|USERNAME|SHELL|SHLVL|HOSTNAME|HOST|TMPDIR|TMP|TEMP|DISPLAY|WAYLAND_DISPLAY|EDITOR|VISUAL|PAGER|LESS|LS_COLORS|CLICOLOR|CLICOLOR_FORCE|COLUMNS|LINES|TMUX|STY|WINDOWID|MAIL|LANGUAGE|NODE|NODE_OPTIONS|NODE_PATH|NODE_CHANNEL_FD|NODE_UNIQUE_ID|NODE_V8_COVERAGE|INIT_CWD)$/
const PREFIXES_OF_MACHINES =
  /^(LC_|XDG_|DBUS_|SSH_|TERM_|TERMINAL_|VSCODE_|JETBRAINS_|WT_|ConEmu|NVM_|VOLTA_|FNM_|npm_|PNPM_|YARN_|VITEST_|AWS_)/

/** @param reader whose code it is, as in `A test` */
export function createVariableHints(reader: string): VariableHints {
  const told = new Set<string>()
  let waiting: string[] = []
  return {
    note(name, given, env) {
      if (told.has(name) || env[name] === undefined || given[name] !== undefined) return
      if (OF_MACHINES.test(name) || PREFIXES_OF_MACHINES.test(name)) return
      told.add(name)
      waiting.push(name)
    },
    take() {
      const names = waiting.toSorted()
      waiting = []
      return names.map(
        (name) =>
          `${reader} read ${name}, which is set here and does not travel: \`env: ['${name}']\` passes it to hosts`,
      )
    },
  }
}
