/**
 * - `NOTEBOOK_WRITE`: journal or asset could not be written
 * - `NOTEBOOK_READ`: no journal there, or one that is damaged or newer than this package
 * - `NOTEBOOK_PARAMETER`: a parameter was given that the experiment does not take, or not in that type
 * - `NOTEBOOK_RESUME`: an earlier run cannot be gone on with
 * - `NOTEBOOK_PICTURE`: a picture could not be read
 * - `NOTEBOOK_INPUT`: an object of S3 could not be brought to the machine that needs it
 * - `NOTEBOOK_OPTION`: an option of the reporter is not what it has to be
 * - `NOTEBOOK_ARCHIVE`: a bucket or folder did not take or give what it should
 * - `NOTEBOOK_USE`: a method was called with something it cannot take
 * - `NOTEBOOK_RENDER`: the process that renders ended, or a report could not be made at all
 * - `NOTEBOOK_SEND`: a mail, a comment or a webhook could not be sent
 */
export type NotebookErrorCode =
  | 'NOTEBOOK_WRITE'
  | 'NOTEBOOK_READ'
  | 'NOTEBOOK_PARAMETER'
  | 'NOTEBOOK_RESUME'
  | 'NOTEBOOK_PICTURE'
  | 'NOTEBOOK_INPUT'
  | 'NOTEBOOK_OPTION'
  | 'NOTEBOOK_ARCHIVE'
  | 'NOTEBOOK_USE'
  | 'NOTEBOOK_RENDER'
  | 'NOTEBOOK_SEND'

/** Every failure that this package names itself: what happened, to which thing, what to do. */
export class NotebookError extends Error {
  readonly code: NotebookErrorCode

  constructor(code: NotebookErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'NotebookError'
    this.code = code
  }
}
