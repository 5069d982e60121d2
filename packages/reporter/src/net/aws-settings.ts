import { Agent as HttpAgent } from 'node:http'
import { Agent as HttpsAgent } from 'node:https'

/** As many connections to one of AWS's services as the SDK itself would open. */
const MAX_SOCKETS = 50

/** How calls go to AWS: by the proxies that HTTPS_PROXY, HTTP_PROXY and NO_PROXY name, which the SDK does not look at. */
export function awsSettings(): { requestHandler: { httpAgent: HttpAgent; httpsAgent: HttpsAgent } } {
  const options = { keepAlive: true, maxSockets: MAX_SOCKETS, proxyEnv: process.env }
  return { requestHandler: { httpAgent: new HttpAgent(options), httpsAgent: new HttpsAgent(options) } }
}

/** The same for S3. What stands in for AWS has one name, not one for each bucket. */
export function s3Settings(): ReturnType<typeof awsSettings> & { followRegionRedirects: true; forcePathStyle?: true } {
  const elsewhere = process.env['AWS_ENDPOINT_URL_S3'] ?? process.env['AWS_ENDPOINT_URL']
  return { ...awsSettings(), followRegionRedirects: true, ...(elsewhere && { forcePathStyle: true }) }
}
