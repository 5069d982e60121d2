import type { HostPhase } from './compute-provider.ts'

/** `booting us-east-1b`, `syncing 12 of 40 MB` */
export function describePhase(phase: HostPhase): string {
  if (phase.phase === 'syncing') return `syncing ${toMegabytes(phase.doneBytes)} of ${toMegabytes(phase.totalBytes)} MB`
  const detail = 'detail' in phase && phase.detail ? ` ${phase.detail}` : ''
  return `${phase.phase}${detail}`
}

function toMegabytes(bytes: number): string {
  return bytes < 1e6 ? (bytes / 1e6).toFixed(1) : String(Math.round(bytes / 1e6))
}
