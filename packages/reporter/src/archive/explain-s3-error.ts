import { NotebookError } from '../errors.ts'

/**
 * What S3 or the way to it said, as a sentence with what to do.
 *
 * @param right what the call needs of IAM
 */
export function explainS3Error(error: unknown, target: string, right: string): NotebookError {
  const { name, message, code } = error as Error & { code?: string }
  const fix =
    name === 'NoSuchBucket'
      ? 'There is no such bucket. Make it, or correct the `archive` option.'
      : name === 'AccessDenied' || name === 'Forbidden' || name === '403'
        ? `These credentials may not do ${right} there. Allow it to them, or use others.`
        : /^(?:CredentialsProviderError|InvalidAccessKeyId|SignatureDoesNotMatch|ExpiredToken|TokenRefreshRequired)$/.test(
              name,
            )
          ? `There are no valid AWS credentials (${message}). Sign in, or set AWS_PROFILE.`
          : /Region is missing/.test(message)
            ? 'No AWS region is set. Set AWS_REGION.'
            : /^E[A-Z]+$|TimeoutError|NetworkingError/.test(code ?? name)
              ? `It could not be reached (${code ?? name}). Look at the network and the proxy, then try again.`
              : `${name}: ${message}`
  return new NotebookError('NOTEBOOK_ARCHIVE', `The archive ${target} cannot be used. ${fix}`, { cause: error })
}
