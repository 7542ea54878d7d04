// Shown while the server says who this browser is: nothing at first, so that a quick answer does not flicker.
import { useFace } from '#web/state/face.ts'
import { Spark } from '#web/ui/icon.tsx'

export function Checking() {
  const { t } = useFace()
  return (
    <main class="gate late">
      <Spark />
      <p class="soft" role="status">
        {t('signin.busy')}
      </p>
    </main>
  )
}
