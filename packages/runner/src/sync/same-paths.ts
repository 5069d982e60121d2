import { Ec2Error } from '../errors.ts'

/** @throws Ec2Error `EC2_OPTIONS` on a system whose paths cannot be those of hosts */
export function checkPaths(): void {
  if (process.platform !== 'win32') return
  throw new Ec2Error(
    'EC2_OPTIONS',
    'Files are at the same paths on hosts as here, and those of Windows cannot be there',
    {
      fix: 'Run it in WSL (https://learn.microsoft.com/windows/wsl/install), where paths are those of Linux.',
    },
  )
}
