const MAX_LENGTH = 60

/** A command as it is told: one line, which does not fill the screen. */
export function shorten(command: string): string {
  const line = command.trim().replaceAll(/\s+/g, ' ')
  return line.length > MAX_LENGTH ? `${line.slice(0, MAX_LENGTH)}…` : line
}
