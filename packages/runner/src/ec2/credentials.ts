import { defaultProvider } from '@aws-sdk/credential-provider-node'
import { Ec2Error } from '../errors.ts'

type CredentialsOptions = NonNullable<Parameters<typeof defaultProvider>[0]>
type Credentials = Awaited<ReturnType<ReturnType<typeof defaultProvider>>>
export type FindCredentials = (options?: { forceRefresh?: boolean }) => Promise<Credentials>

/**
 * Credentials from where the SDK always looks. Asked anew, it reads the files of profiles anew: by itself the SDK keeps
 * what it read for the life of the process, and credentials that were renewed there would never be seen.
 */
export function findCredentials(options: CredentialsOptions): ReturnType<typeof defaultProvider> {
  return defaultProvider({ ...options, ignoreCache: true })
}

/**
 * Asks AWS, and once more where it refuses the credentials and there are others by now.
 * @param ask a call whose errors are explained
 * @param find the credentials that the call is signed with
 */
export async function askWithRenewal<T>(ask: () => Promise<T>, find: FindCredentials): Promise<T> {
  const before = await find()
  try {
    return await ask()
  } catch (error) {
    if (!(error instanceof Ec2Error) || error.code !== 'EC2_CREDENTIALS') throw error
    const now = await find({ forceRefresh: true }).catch(() => before)
    if (now.accessKeyId === before.accessKeyId && now.sessionToken === before.sessionToken) throw error
    return await ask()
  }
}
