export { choice, json, mask, picture } from './notebook/fields.ts'
export type { Field, Fields, FieldSpec, MaskSpec, Params, Values } from './notebook/fields.ts'
export { fetchInput } from './notebook/fetch-input.ts'
export { openNotebook, type NotebookContext } from './notebook/open.ts'
export type { Picture, PictureFile, Pixels } from './notebook/picture.ts'
export { test, type ExperimentContext, type ExperimentOptions, type ExperimentTest } from './notebook/test.ts'
export type {
  Checkpoint,
  Duration,
  Live,
  MimeBundle,
  Notebook,
  PlotPoint,
  PlotSpec,
  Progress,
  Series,
} from './notebook/types.ts'
export { NotebookError, type NotebookErrorCode } from './errors.ts'
