// The signature: drawn with a finger, a pen or the mouse; a picture when asked for.
export function drawing(canvas) {
  const pen = canvas.getContext('2d')
  let drawn = false
  const clear = () => {
    pen.fillStyle = '#fff'
    pen.fillRect(0, 0, canvas.width, canvas.height)
    drawn = false
  }
  const at = (event) => {
    const box = canvas.getBoundingClientRect()
    return [((event.clientX - box.left) * canvas.width) / box.width, ((event.clientY - box.top) * canvas.height) / box.height]
  }
  clear()
  canvas.addEventListener('pointerdown', (event) => {
    canvas.setPointerCapture(event.pointerId)
    pen.lineWidth = 4
    pen.lineCap = 'round'
    pen.strokeStyle = '#111'
    pen.beginPath()
    pen.moveTo(...at(event))
  })
  canvas.addEventListener('pointermove', (event) => {
    if (!event.buttons) return
    pen.lineTo(...at(event))
    pen.stroke()
    drawn = true
  })
  return { clear, isDrawn: () => drawn, picture: () => canvas.toDataURL('image/png') }
}

// A photo made smaller where the phone can read it; what it cannot read goes as it is and is refused by the house.
export async function shrunk(file, side = 2000) {
  try {
    const picture = await createImageBitmap(file, { imageOrientation: 'from-image' })
    const scale = Math.min(1, side / Math.max(picture.width, picture.height))
    const canvas = document.createElement('canvas')
    canvas.width = Math.round(picture.width * scale)
    canvas.height = Math.round(picture.height * scale)
    canvas.getContext('2d').drawImage(picture, 0, 0, canvas.width, canvas.height)
    const made = await new Promise((done) => canvas.toBlob(done, 'image/jpeg', 0.85))
    return await made.arrayBuffer()
  } catch {
    return file.arrayBuffer()
  }
}
