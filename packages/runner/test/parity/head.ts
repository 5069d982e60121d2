/** The first line of every test file: what it takes from Vitest. */
export const head = `import { afterAll, beforeAll, describe, expect, inject, it, test, vi } from 'vitest'\n`
