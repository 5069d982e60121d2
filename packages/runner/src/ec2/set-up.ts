import { Ec2Error } from '../errors.ts'
import type { HostPhase } from '../fleet/compute-provider.ts'
import type { Connection } from '../host/connection.ts'

const MAX_DETAIL = 60

/**
 * Runs the commands of `setup` on a new host, one after the other, as its login user.
 * @throws Ec2Error `EC2_HOST` with what the first that fails has said
 */
export async function setUp(
  connection: Connection,
  commands: readonly string[],
  { signal, onPhase }: { signal: AbortSignal; onPhase: (phase: HostPhase) => void },
): Promise<void> {
  for (const command of commands) {
    onPhase({ phase: 'installing', detail: shorten(command) })
    try {
      await connection.exec(`{ ${command}\n} </dev/null`, { signal })
    } catch (cause) {
      if (!(cause instanceof Ec2Error) || cause.code !== 'EC2_FUNCTION') throw cause
      const { code, stdout, stderr } = cause.data as { code: number | null; stdout: string; stderr: string }
      const last = (stderr.trim() || stdout.trim()).split('\n').slice(-5).join('\n')
      throw new Ec2Error(
        'EC2_HOST',
        `\`${shorten(command)}\` of \`setup\` ended with status ${code ?? 'unknown'} on ${connection.name}${last ? `: ${last}` : ''}`,
        { fix: '`setup` runs as the login user: what needs root begins with `sudo`.', cause, data: { command } },
      )
    }
  }
}

function shorten(command: string): string {
  const line = command.trim().replaceAll(/\s+/g, ' ')
  return line.length > MAX_DETAIL ? `${line.slice(0, MAX_DETAIL)}…` : line
}
