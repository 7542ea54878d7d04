// Fills a Markdown template: `{{name}}` becomes the value of that name. A name without a value is an error, not a blank.

export function fill(template: string, values: Readonly<Record<string, string>>): string {
  const unused = new Set(Object.keys(values))
  const text = template.replace(/\{\{([\w.-]+)\}\}/g, (_, name: string) => {
    const value = values[name]
    if (value === undefined) throw new Error(`The template asks for {{${name}}}, which nobody gives.`)
    unused.delete(name)
    return value
  })
  if (unused.size > 0) throw new Error(`The template does not use: ${[...unused].join(', ')}.`)
  return text
}
