import { execFile } from 'node:child_process'

/**
 * An instance ends when it powers off; the machine of somebody is never told to. At once: an orderly shutdown waits a
 * minute and a half for the watchdog, which listens to no signal.
 */
export async function shutDown(): Promise<void> {
  await new Promise<void>((resolve) => {
    execFile('sudo', ['-n', 'sh', '-c', 'sync; systemctl poweroff -ff || shutdown -h now'], () => resolve())
  })
}
