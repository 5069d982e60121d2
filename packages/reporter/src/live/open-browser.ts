import { spawn } from 'node:child_process'

/** As far as this machine has a browser; where it has none, the address has been printed. */
export function openBrowser(url: string): void {
  const [command, args] = BROWSERS[process.platform] ?? ['xdg-open', []]
  const child = spawn(command, [...args, url], { stdio: 'ignore', detached: true })
  child.on('error', () => {})
  child.unref()
}

const BROWSERS: Partial<Record<NodeJS.Platform, [string, string[]]>> = {
  darwin: ['open', []],
  win32: ['rundll32', ['url.dll,FileProtocolHandler']],
}
