// One table: what the page does about each error code.

/**
 * @import { ErrorCode } from "./contract.d.ts"
 * @typedef {"signIn" | "retry" | "settings" | "none"} ErrorAction
 * @typedef {{ tone: "quiet" | "alert", title: string, label: string | null, action: ErrorAction }} ErrorRow
 */

/** @type {Record<ErrorCode, ErrorRow>} */
export const errors = {
  signInRequired: { tone: "quiet", title: "Sign in to go on", label: "Sign in", action: "signIn" },
  signInDenied: { tone: "quiet", title: "Not signed in", label: "Sign in", action: "signIn" },
  signInTimedOut: { tone: "quiet", title: "Too much time has passed", label: "Start again", action: "signIn" },
  signInRejected: { tone: "alert", title: "Sign-in could not be completed", label: "Start again", action: "signIn" },
  openElsewhere: { tone: "quiet", title: "Narthex is already open", label: null, action: "none" },
  clientIdMissing: {
    tone: "quiet",
    title: "Narthex does not know your church yet",
    label: "Open Settings",
    action: "settings",
  },
  browserUnavailable: { tone: "quiet", title: "The browser did not open", label: null, action: "none" },
  keychainUnavailable: { tone: "quiet", title: "The sign-in cannot be remembered", label: null, action: "none" },
  permissionDenied: { tone: "quiet", title: "Your account may not see this", label: null, action: "none" },
  notFound: { tone: "quiet", title: "Not here any more", label: null, action: "none" },
  busy: { tone: "quiet", title: "One moment", label: "Try again", action: "retry" },
  offline: { tone: "quiet", title: "No network", label: "Try again", action: "retry" },
  serviceDown: { tone: "quiet", title: "Planning Center is not answering", label: "Try again", action: "retry" },
  incomplete: { tone: "quiet", title: "Not everything could be loaded", label: "Try again", action: "retry" },
  locked: { tone: "quiet", title: "Saved data is locked", label: "Try again", action: "retry" },
  storeUnreadable: { tone: "alert", title: "Saved data cannot be read", label: "Try again", action: "retry" },
  diskFull: { tone: "alert", title: "No room on the disk", label: "Try again", action: "retry" },
  notWritable: { tone: "alert", title: "The folder cannot be written", label: "Try again", action: "retry" },
  invalidInput: { tone: "alert", title: "Please check what you entered", label: null, action: "none" },
  unexpected: { tone: "alert", title: "Something went wrong here", label: "Try again", action: "retry" },
};
