// A dialog that has an address, so that the back button closes it and a reload keeps it: `/devices?pair`.
import { useLocation, useNavigate } from '@solidjs/router'

/** Put into the history by `open`: then the entry below it is the screen without the dialog. */
interface Opened {
  readonly opened: boolean
}

export function useDialog(name: string) {
  const location = useLocation<Opened>()
  const navigate = useNavigate()
  const isOpen = () => new URLSearchParams(location.search).has(name)
  return {
    isOpen,
    open: () => navigate(`${location.pathname}?${name}`, { state: { opened: true } satisfies Opened }),
    close() {
      if (!isOpen()) return
      if (location.state?.opened) return navigate(-1)
      navigate(location.pathname, { replace: true })
    },
    /** Closes it by going elsewhere: back then leads to the screen below, not into the dialog again. */
    leave: (to: string, state: object) => navigate(to, { replace: true, state }),
  }
}
