/** State of an experiment, beside its journal while it has not come to its end. */
export const CHECKPOINT_FILE = 'checkpoint.bin'
