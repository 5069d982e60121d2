import { createHash } from 'node:crypto'
import { expect, it } from 'vitest'
import { encodePath, sign } from './sign.ts'

const KEY = { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY' }

// "Example: PUT Object" of https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html
it('signs the example of the documentation of S3 as it stands there', () => {
  const { authorization } = sign(
    {
      method: 'PUT',
      url: new URL(`https://examplebucket.s3.amazonaws.com/${encodePath('test$file.text')}`),
      headers: { date: 'Fri, 24 May 2013 00:00:00 GMT', 'x-amz-storage-class': 'REDUCED_REDUNDANCY' },
      bodyHash: createHash('sha256').update('Welcome to Amazon S3.').digest('hex'),
      region: 'us-east-1',
      at: new Date('2013-05-24T00:00:00Z'),
    },
    KEY,
  )
  expect(authorization).toBe(
    'AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request, SignedHeaders=date;host;x-amz-content-sha256;x-amz-date;x-amz-storage-class, Signature=98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd',
  )
})

it('writes the names of files as S3 reads them', () => {
  expect(encodePath("runs/a b/ünder (1)'s*!.txt")).toBe('runs/a%20b/%C3%BCnder%20%281%29%27s%2A%21.txt')
})
