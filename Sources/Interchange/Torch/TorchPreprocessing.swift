import Images

/// The Python that makes a network's input of an image's file, as Kiln does: with the parts that the network's reading needs.
struct TorchPreprocessing {
  let text: String

  init(_ reading: ImageReading) {
    text =
      Self.upright(reading) + Self.colours(reading) + Self.square(reading)
        + """
        def preprocess(path):
            \"\"\"The image at `path` as the network's input: 3 x 256 x 256, (pixel / 255 - MEAN) / STD.\"\"\"
            pixels = np.asarray(square(path), dtype=np.float64)
            return torch.from_numpy(((pixels / 255 - MEAN) / STD).astype(np.float32)).permute(2, 0, 1)


        """
  }

  private static func upright(_ reading: ImageReading) -> String {
    let scaled = """
          if image.format == "JPEG":
              # A large JPEG is decoded at 1/2, 1/4 or 1/8 of its size, if 9/8 of the square's are left.
              side = \(reading.resize == .fit ? "max" : "min")(image.size)
              reduction = max(r for r in (1, 2, 4, 8) if r == 1 or 8 * side >= 9 * SIZE * r)
              image.draft(None, (width // reduction, height // reduction))

      """
    let ignoresXMP = """
          image.info.pop("xmp", None)
          image.info.pop("XML:com.adobe.xmp", None)

      """
    return """
      def upright(path):
          \"\"\"The image as it is to be seen, and which part of it shows something: left, top, right, bottom.\"\"\"
          image = Image.open(path)
          width, height = image.size
          reduction = 1
      \(reading.scaling ? scaled : "")\(reading.looksAtXMP ? "" : ignoresXMP)\
          orientation = image.getexif().get(0x0112, 1)
          # The last pixel of a reduced row may stand for fewer than the others.
          width, height = width / reduction, height / reduction
          right, bottom = image.width - width, image.height - height
          image = ImageOps.exif_transpose(image)
          if orientation >= 5:
              width, height, right, bottom = height, width, bottom, right
          left = right if orientation in (2, 3, 6, 7) else 0
          top = bottom if orientation in (3, 4, 7, 8) else 0
          return image, (left, top, left + width, top + height)



      """
  }

  private static func colours(_ reading: ImageReading) -> String {
    let mode: String
    switch reading.alpha {
    case .drop: mode = "image = image.convert(\"RGBA\")"
    case .white: mode = laidOver(255, 255, 255)
    case .black: mode = laidOver(0, 0, 0)
    case .colour(let red, let green, let blue): mode = laidOver(red, green, blue)
    }
    return """
      def colours(image):
          \"\"\"Red, green and blue. (Of 16 bits a channel, Pillow reads gray alone; of colours it keeps the upper 8.)\"\"\"
          if image.mode.startswith("I"):
              image = Image.fromarray(((np.asarray(image).astype(np.uint32) + 128) // 257).astype(np.uint8))
          if image.has_transparency_data:
              \(mode)
          return image.convert("RGB")



      """
  }

  private static func laidOver(_ red: UInt8, _ green: UInt8, _ blue: UInt8) -> String {
    """
    image = image.convert("RGBA")
            background = Image.new("RGB", image.size, (\(red), \(green), \(blue)))
            background.paste(image, mask=image.getchannel("A"))
            image = background
    """
  }

  private static func square(_ reading: ImageReading) -> String {
    let body: String
    switch reading.resize {
    case .stretch:
      body = "    return colours(image).resize((SIZE, SIZE), Image.BILINEAR, box=box)"
    case .crop:
      body = """
            left, top, right, bottom = box
            width, height = right - left, bottom - top
            side = min(width, height)
            left, top = left + (width - side) * 0.5, top + (height - side) * 0.5
            return colours(image).resize((SIZE, SIZE), Image.BILINEAR, box=(left, top, left + side, top + side))
        """
    case .fit:
      body = """
            width, height = box[2] - box[0], box[3] - box[1]
            side = max(width, height)
            size = max(round(width / side * SIZE), 1), max(round(height / side * SIZE), 1)
            whole = Image.new("RGB", (SIZE, SIZE), \(bars(reading.alpha)))
            place = round((SIZE - size[0]) * 0.5), round((SIZE - size[1]) * 0.5)
            whole.paste(colours(image).resize(size, Image.BILINEAR, box=box), place)
            return whole
        """
    }
    return """
      def square(path):
          \"\"\"The image at `path` as the network sees it: upright, red, green and blue, SIZE x SIZE.\"\"\"
          image, box = upright(path)
      \(body)



      """
  }

  private static func bars(_ background: ImageReading.Background) -> String {
    switch background {
    case .white: "(255, 255, 255)"
    case .black, .drop: "(0, 0, 0)"
    case .colour(let red, let green, let blue): "(\(red), \(green), \(blue))"
    }
  }
}
