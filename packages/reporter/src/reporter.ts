export { NotebookReporter as default } from './reporter/notebook-reporter.ts'
export type { NotebookReporterOptions } from './reporter/options.ts'
