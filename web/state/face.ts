// What every component may use before and after the door is open: the session and the preferences, by context.
import { createContext, useContext } from 'solid-js'
import type { createPreferences } from './preferences.ts'
import type { Session } from './session.ts'

export interface Face {
  readonly session: Session
  readonly preferences: ReturnType<typeof createPreferences>
}

export const FaceContext = createContext<Face>()

export function useFace(): Face & { t: Face['preferences']['t'] } {
  const face = useContext(FaceContext)
  if (!face) throw new Error('This component is drawn outside of the face.')
  return { ...face, t: face.preferences.t }
}
