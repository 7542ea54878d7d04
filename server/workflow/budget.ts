// The budget of a run while its steps run: what a call may cost is reserved before it is made, so that calls side by side
// never pass it together. What a step did cost is added to its run by the turn that settles it; from then on its reservation
// does not count, whether or not anybody removed it.
import { Fault } from '#dsl/fault.ts'
import type { Estimate } from '#server/llm/estimate.ts'
import type { Store } from '#server/store/store.ts'
import { transact } from './database.ts'
import type { StepCall } from './step-runner.ts'

interface Standing {
  readonly spent: string
  readonly reserved: string
}

/**
 * Idempotent: an attempt that is delivered again replaces its own. Resolves at once for a run without a budget. Fault:
 * exhausted (the numbers, and how to raise it).
 */
export async function reserve(
  { db }: Store,
  { run, instance, attempt }: Pick<StepCall, 'run' | 'instance' | 'attempt'>,
  estimate: Estimate,
): Promise<void> {
  const { max_cost_usd: budget } = run.workflow.policy
  if (budget === undefined) return
  await transact(db.$client, async (on) => {
    // Until the end of this, no other call of the run is judged and no step of it settled.
    await on`select 1 from runs where id = ${run.id} for no key update`
    // A worker died with a call: its step waits again with one attempt less, and the call may have been paid for.
    const [standing] = await on<Standing[]>`
      select cost as spent, (select coalesce(sum(amount), 0) from run_reservations as held
        join run_steps as step on step.run_id = held.run_id and step.id = held.instance
        where held.run_id = runs.id and held.instance <> ${instance} and step.ended_at is null
          and (held.attempt > step.attempts or (held.attempt = step.attempts and step.state = 'running'))) as reserved
      from runs where id = ${run.id}`
    if (standing === undefined) throw new Fault('not_found', `There is no run "${run.id}" any more.`)
    const [spent, reserved] = [Number(standing.spent), Number(standing.reserved)]
    if (spent + reserved + estimate.costUsd > budget) throw passed(budget, spent, reserved, estimate)
    await on`insert into run_reservations (run_id, instance, attempt, amount)
      values (${run.id}, ${instance}, ${attempt}, ${roundedUp(estimate.costUsd)})
      on conflict (run_id, instance) do update set attempt = excluded.attempt, amount = excluded.amount`
  })
}

function passed(budget: number, spent: number, reserved: number, estimate: Estimate): Fault {
  const { model, costUsd, inputTokens, outputTokens } = estimate
  const left = Math.max(0, budget - spent - reserved)
  return new Fault(
    'exhausted',
    `The call could cost ${dollars(costUsd)} (${model}: up to ${inputTokens} tokens in, ${outputTokens} out), and the run ` +
      `has ${dollars(left)} of its ${dollars(budget)} left: ${dollars(spent)} are spent and ${dollars(reserved)} reserved ` +
      'by steps that run. Raise policy.max_cost_usd, lower max_tokens, or ask with less text.',
    { data: { budget, spent, reserved, estimate: costUsd } },
  )
}

/** To what the column keeps. */
const roundedUp = (amount: number) => Math.ceil(amount * 1e6) / 1e6

/** Cents, and as many digits more as a small sum needs. */
function dollars(amount: number): string {
  return `$${amount >= 0.1 || amount === 0 ? amount.toFixed(2) : amount.toPrecision(2)}`
}
