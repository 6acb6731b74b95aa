// The licence texts of every package whose code, styles or pictures are in the bundle.
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'

// Tabler publishes no licence file in its package, and carries Bootstrap inside its style sheet.
const SUPPLIED = {
  '@tabler/core': 'licences/tabler.txt'
}
const CARRIED = [{ name: 'bootstrap (inside @tabler/core)', licence: 'MIT', file: 'licences/bootstrap.txt' }]

function packageOf(input) {
  const parts = input.split('node_modules/')
  if (parts.length < 2) return null
  const [first, second] = parts[parts.length - 1].split('/')
  return { folder: parts.slice(0, -1).join('node_modules/'), name: first.startsWith('@') ? `${first}/${second}` : first }
}

async function licenceText(here, root, name) {
  if (SUPPLIED[name]) return readFile(join(here, SUPPLIED[name]), 'utf8')
  const files = (await readdir(root)).filter((file) => /^licen[cs]e/i.test(file)).sort()
  if (!files.length) throw new Error(`${name} has no licence file: add its text to licences/ and name it in build/notices.mjs.`)
  return readFile(join(root, files[0]), 'utf8')
}

export async function notices(here, metafile) {
  const found = new Map([['@tabler/icons', join(here, 'node_modules', '@tabler/icons')]])
  for (const input of Object.keys(metafile.inputs)) {
    const at = packageOf(input)
    if (at) found.set(at.name, join(here, at.folder, 'node_modules', at.name))
  }
  const sections = []
  for (const name of [...found.keys()].sort()) {
    const { version, license } = JSON.parse(await readFile(join(found.get(name), 'package.json'), 'utf8'))
    sections.push(section(`${name} ${version}`, license, await licenceText(here, found.get(name), name)))
  }
  for (const { name, licence, file } of CARRIED) {
    sections.push(section(name, licence, await readFile(join(here, file), 'utf8')))
  }
  return `Third-party software in this folder\n\n${sections.join('\n')}`
}

function section(title, licence, text) {
  const line = '='.repeat(78)
  return `${line}\n${title}${licence ? ` (${licence})` : ''}\n${line}\n\n${text.replace(/\r\n/g, '\n').trim()}\n`
}
