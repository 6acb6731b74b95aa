// One SVG sprite of the Tabler icons listed in icons.json, used as icons.svg#<name>.
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'

export async function iconSprite(here) {
  const names = JSON.parse(await readFile(join(here, 'icons.json'), 'utf8'))
  const symbols = await Promise.all(names.map((name) => symbol(here, name)))
  return `<svg xmlns="http://www.w3.org/2000/svg">\n${symbols.join('\n')}\n</svg>\n`
}

async function symbol(here, name) {
  const file = join(here, 'node_modules', '@tabler', 'icons', 'icons', 'outline', `${name}.svg`)
  const svg = await readFile(file, 'utf8').catch(() => {
    throw new Error(`icons.json names "${name}", which Tabler Icons does not have.`)
  })
  const body = svg.slice(svg.indexOf('>', svg.indexOf('<svg')) + 1, svg.lastIndexOf('</svg>'))
  const paths = body.split('\n').map((line) => line.trim()).filter((line) => line && !line.includes('stroke="none"'))
  return (
    `<symbol id="${name}" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="1.75" ` +
    `stroke-linecap="round" stroke-linejoin="round">${paths.join('')}</symbol>`
  )
}
