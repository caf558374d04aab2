"""The language of the program: what an article, a source, a topic, a query and an alert is, and every judgement about them.

Pure: no network, disk, clock, environment or chance; what is needed of them is an argument. All other rooms import this one, module
by module, and it imports none of them.
"""
