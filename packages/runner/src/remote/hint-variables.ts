import { createVariableHints } from '../variable-hints.ts'

/**
 * Tells at once, with the way to pass it, of each variable that functions ask for on hosts and that is set here only.
 * @param given what workers have
 */
export function hintVariables(
  given: Readonly<Record<string, string>>,
  notice: (sentence: string) => void,
): (name: string) => void {
  const hints = createVariableHints('A function')
  return (name) => {
    hints.note(name, given, process.env)
    for (const hint of hints.take()) notice(hint)
  }
}
