"""Answering from the brand's own material: reading it, indexing it, finding, judging and quoting.

Everything here is pure and works without a network, a key or a model; only `folder` touches the disk. What is read
(documents, questions) is data: nothing in it is ever followed. Who is spoken to and what is done with an answer is
decided elsewhere.

    load_faq, documents, folder   material -> KnowledgeItem
    chunk, language, words        text -> passages, language, terms
    index, retrieve               items -> candidates with raw signals
    gate, calibrate               signals -> a confidence between 0 and 1
    compose, answering            candidate -> quoted answer with its source
"""
