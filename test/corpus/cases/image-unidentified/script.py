from PIL import Image

open('._0001.jpg', 'wb').write(b'\x00\x05\x16\x07' * 50)
Image.open('._0001.jpg')
