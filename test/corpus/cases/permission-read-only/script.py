open('frozen/events.out', 'w')
