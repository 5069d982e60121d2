export const h = (tag: unknown, props: Record<string, unknown> | null, ...children: unknown[]): unknown =>
  typeof tag === 'function' ? (tag as (props: unknown) => unknown)({ ...props, children }) : { tag, props, children }

declare global {
  namespace JSX {
    interface IntrinsicElements {
      [tag: string]: object
    }
  }
}
