// Builds ../static/dist from src/. With --check it builds into a temporary folder
// and compares every byte with what is committed.
import { copyFile, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import * as esbuild from 'esbuild'
import { trimmedTabler } from './build/tabler.mjs'
import { iconSprite } from './build/icons.mjs'
import { notices } from './build/notices.mjs'

const here = dirname(fileURLToPath(import.meta.url))
const committed = join(here, '..', 'static', 'dist')

async function buildInto(folder) {
  const result = await esbuild.build({
    absWorkingDir: here,
    entryPoints: ['src/app.js', 'src/charts.js', 'src/viewer.js', 'src/app.css', 'src/portal.css', 'src/viewer.css'],
    outdir: folder,
    bundle: true,
    minify: true,
    format: 'esm',
    target: ['es2022', 'chrome123', 'firefox128', 'safari17.5'],
    charset: 'utf8',
    legalComments: 'none',
    metafile: true,
    logLevel: 'warning',
    alias: { inherits: 'inherits-browser' },
    plugins: [trimmedTabler]
  })
  await writeFile(join(folder, 'icons.svg'), await iconSprite(here))
  await writeFile(join(folder, 'THIRD-PARTY-NOTICES.txt'), await notices(here, result.metafile))
}

async function differences(built) {
  const names = new Set([...(await readdir(built)), ...(await readdir(committed))])
  const differing = []
  for (const name of [...names].sort()) {
    const [ours, theirs] = await Promise.all(
      [built, committed].map((folder) => readFile(join(folder, name)).catch(() => null))
    )
    if (!ours || !theirs || !ours.equals(theirs)) differing.push(name)
  }
  return differing
}

const work = await mkdtemp(join(tmpdir(), 'keyturn-front-'))
try {
  await mkdir(committed, { recursive: true })
  await buildInto(work)
  if (process.argv.includes('--check')) {
    const differing = await differences(work)
    if (differing.length) {
      console.error(`static/dist differs from a rebuild: ${differing.join(', ')}. Run "make bundle" and commit the result.`)
      process.exitCode = 1
    } else {
      console.log('static/dist equals a rebuild.')
    }
  } else {
    await rm(committed, { recursive: true })
    await mkdir(committed)
    const names = (await readdir(work)).sort()
    for (const name of names) await copyFile(join(work, name), join(committed, name))
    console.log(`Built ${names.join(', ')}`)
  }
} finally {
  await rm(work, { recursive: true, force: true })
}
