/** Why something that lives on a machine ended. The first cause wins and everything pending fails with it. */
export type CloseReason = { by: 'us' } | { by: 'them'; error: Error }
