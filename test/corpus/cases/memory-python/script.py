rows = []
while True:
    rows.append(' ' * 10_000_000 + str(len(rows)))
