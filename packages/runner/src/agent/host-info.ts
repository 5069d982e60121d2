import { execFile } from 'node:child_process'
import { readFile, statfs } from 'node:fs/promises'
import { arch, availableParallelism, platform, release, totalmem, userInfo } from 'node:os'
import { promisify } from 'node:util'
import type { HostInfo } from '../wire/protocol.ts'
import { readLibc } from '../wire/libc.ts'
import { readNetwork } from '../wire/network.ts'
import type { Folders } from './folders.ts'

/** What a client wants to know of this machine. */
export async function readHostInfo(folders: Folders, view: HostInfo['view']): Promise<HostInfo> {
  const [distribution, gpus, disk] = await Promise.all([readDistribution(), listGpus(), statfs(folders.store)])
  return {
    node: process.version,
    platform: platform(),
    arch: arch(),
    libc: readLibc(),
    kernel: release(),
    distribution,
    cpus: availableParallelism(),
    memoryBytes: totalmem(),
    freeDiskBytes: disk.bavail * disk.bsize,
    user: userInfo().username,
    network: await readNetwork(),
    gpus,
    view,
  }
}

async function readDistribution(): Promise<string> {
  const text = await readFile('/etc/os-release', 'utf8').catch(() => '')
  return /^PRETTY_NAME="?([^"\n]*)/m.exec(text)?.[1] ?? 'unknown'
}

/** As `nvidia-smi` lists them; none where there is no driver. */
async function listGpus(): Promise<HostInfo['gpus']> {
  const query = ['--query-gpu=index,name,memory.total,driver_version', '--format=csv,noheader,nounits']
  const { stdout } = await promisify(execFile)('nvidia-smi', query, { timeout: 30_000 }).catch(() => ({ stdout: '' }))
  return stdout.split('\n').flatMap((line) => {
    const [index = '', name, memory, driver] = line.split(',').map((field) => field.trim())
    if (!/^\d+$/.test(index) || name === undefined || driver === undefined) return []
    return [{ index: Number(index), name, memoryMiB: Number.parseInt(memory ?? '', 10), driver }]
  })
}
