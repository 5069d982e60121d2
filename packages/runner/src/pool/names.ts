/** Name of the pool, as `--pool` and `pool` take it. */
export const POOL_NAME = 'ec2'

/** The tag of a file that runs on hosts, and the beginning of the tags that name the kind of host. */
export const EXPERIMENT_TAG = 'experiment'
export const KIND_TAG_PREFIX = 'ec2/'
