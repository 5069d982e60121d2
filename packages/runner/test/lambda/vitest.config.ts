import { defineConfig } from 'vitest/config'
import { lambdaPlugin } from '../../src/lambda/plugin.ts'

// Run by the tests of lambdas, in a process of its own.
export default defineConfig({
  root: import.meta.dirname,
  plugins: [lambdaPlugin()],
  test: { include: ['*.shapes.{ts,tsx}'] },
  oxc: { jsx: { runtime: 'classic', pragma: 'h' } },
})
