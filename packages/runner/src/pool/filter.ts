import type { TestModule, TestProject } from 'vitest/node'
import type { FileSpecification } from './messages.ts'

/**
 * True when `-t` or `--tags-filter` leaves nothing of a file to run, as far as its source says. Such a file is not
 * worth a host: it is collected here, where its tests are reported as skipped just the same.
 */
export async function isFilteredOut(file: FileSpecification, project: TestProject): Promise<boolean> {
  const { vitest } = project
  const isFiltered =
    file.testNamePattern ??
    vitest.getGlobalTestNamePattern() ??
    (file.testTagsFilter?.length || vitest.config.tagsFilter?.length)
  if (!isFiltered) return false
  try {
    const [module] = await vitest.parseSpecifications([project.createSpecification(file.filepath)])
    return module !== undefined && !mayRun(module)
  } catch {
    return false // the worker finds out what is wrong with it
  }
}

function mayRun(module: TestModule): boolean {
  const tests = [...module.children.allTests()]
  // Nothing found is not the same as nothing there: a function that only a run calls may make tests.
  if (tests.length === 0) return true
  return tests.some(({ fullName, options }) => options.mode !== 'skip' || isTemplate(fullName))
}

/** `%s`, `$name` or `${…}`: the name is made when the test is. */
function isTemplate(name: string): boolean {
  return /[%$]/.test(name)
}
