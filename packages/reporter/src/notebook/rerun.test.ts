import { expect, it } from 'vitest'
import { choice, json, picture } from './fields.ts'
import { rerunCommand, type Rerunnable } from './rerun.ts'

const TEST: Rerunnable = {
  file: 'paint.experiment.ts',
  test: ['Paint'],
  isAlone: true,
  params: {},
  values: {},
}
const SETTINGS = { rerun: { args: [], root: '' }, given: {}, project: 'art' }

it('is the file alone where there is nothing to set', () => {
  expect(rerunCommand(TEST, SETTINGS)).toBe('npx vitest-notebook run paint.experiment.ts')
})

it('has every parameter, pictures by their way from where Vitest was called, and the arguments of Vitest', () => {
  const params = {
    size: 64,
    deep: true,
    note: '',
    name: 'x',
    style: choice('oil', 'ink'),
    taps: json([1]),
    image: picture('../own.jpg'),
    painting: picture('s3://art/sea.jpg'),
    photo: picture('./me.jpg'),
  }
  const values = { size: 96, deep: false, note: '', name: "moon's sea", style: 'oil', taps: [1, 2] }
  const rerun = { args: ['--pool=ec2', '-t', 'Paint'], root: 'packages/art' }
  const given = { photo: '/home/ada/me.jpg' }
  const test = { ...TEST, file: 'gallery/paint.experiment.ts', isAlone: false, params, values }
  expect(rerunCommand(test, { ...SETTINGS, given, rerun }).split(' \\\n  ')).toEqual([
    'npx vitest-notebook run packages/art/gallery/paint.experiment.ts',
    '--param size=96',
    '--param deep=false',
    String.raw`--param 'name=moon'\''s sea'`,
    '--param style=oil',
    "--param 'taps=[1,2]'",
    '--param image=packages/art/own.jpg',
    '--param painting=s3://art/sea.jpg',
    '--param photo=/home/ada/me.jpg',
    '-- --pool=ec2 -t Paint',
  ])
})

it('names the test among others of its file, and the project among others that run it', () => {
  const test = { ...TEST, test: ['In oil (wet)', 'a sea'], isAlone: false }
  expect(rerunCommand(test, { ...SETTINGS, subfolder: 'art' })).toBe(
    String.raw`npx vitest-notebook run paint.experiment.ts -- --project art -t '^In oil \(wet\) a sea$'`,
  )
})
