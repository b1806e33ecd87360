import os
import pickle

pickle.dump({'epoch': 3, 'weights': list(range(10000))}, open('state.pkl', 'wb'))
os.truncate('state.pkl', 5000)
pickle.load(open('state.pkl', 'rb'))
