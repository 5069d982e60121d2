import { defineConfig } from 'vitest/config'
import { ec2 } from 'vitest-pool-ec2'

const { REPORTS_DIR: dir = 'reports', REPORTS_ARCHIVE: archive, REPORTS_PICTURES: images } = process.env
// The rig's hosts have no GPU to install anything for.
const setup = process.env.AWS_ENDPOINT_URL ? [] : ['tfjs-gpu']
const reports = { dir, ...(archive && { archive }), ...(images && { ci: { images } }) }

export default defineConfig({
  plugins: [ec2({ hosts: { default: { gpu: 1, setup } } })],
  test: {
    reporters: ['default', ['vitest-notebook/reporter', reports]],
    projects: [
      {
        extends: true,
        // Many start processes of their own: a time-out only ends what hangs, however busy the machine is.
        test: {
          name: 'unit',
          include: ['packages/*/src/**/*.test.ts', 'experiments/src/**/*.test.ts'],
          testTimeout: 60_000,
          hookTimeout: 60_000,
          expect: { poll: { timeout: 30_000 } },
        },
      },
      {
        extends: true,
        test: {
          name: 'rig',
          include: ['packages/*/test/**/*.rig.test.ts', 'rig/**/*.test.ts'],
          fileParallelism: false,
          testTimeout: 120_000,
          hookTimeout: 120_000,
          expect: { poll: { timeout: 60_000 } },
        },
      },
      {
        extends: true,
        test: {
          name: 'browser-pages',
          include: ['packages/*/test/**/*.browser.test.ts'],
          testTimeout: 120_000,
          hookTimeout: 120_000,
          expect: { poll: { timeout: 60_000 } },
        },
      },
      {
        extends: true,
        test: { name: 'gallery', include: ['experiments/gallery/*.experiment.ts'], testTimeout: 3_600_000 },
      },
      {
        extends: true,
        test: { name: 'experiments', include: ['experiments/*.experiment.ts'], testTimeout: 3_600_000 },
      },
    ],
  },
})
