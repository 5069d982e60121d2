/**
 * GPUs for workers on one machine, each worker's as CUDA_VISIBLE_DEVICES names them: dealt out evenly, and where there are
 * more workers than GPUs, the first ones again.
 */
export function dealGpus(gpus: readonly string[], workers: number): string[] {
  if (workers >= gpus.length) return [...gpus]
  const share = Math.floor(gpus.length / workers)
  return Array.from({ length: workers }, (_, index) => gpus.slice(index * share, (index + 1) * share).join(','))
}
